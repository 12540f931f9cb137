-- A room as stored, and the time; nothing when it is not there.
-- KEYS: room.
local held = redis.call('HMGET', KEYS[1],
  'host', 'epoch', 'version', 'format', 'snapshot', 'ended', 'p1', 'p2', 'touched')
if not held[2] and redis.call('EXISTS', KEYS[1]) == 0 then
  return false
end
local time = redis.call('TIME')
held[10] = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
return held
