-- The last heartbeat of a pod: age in ms, address, formats; nothing when there is none.
-- KEYS: pod.
local held = redis.call('HMGET', KEYS[1], 'at', 'address', 'snapshots', 'bus')
local at = tonumber(held[1] or '')
if not at then
  return false
end
local time = redis.call('TIME')
-- A heartbeat from the future is as strange as one so long ago: the clock has gone back.
local age = math.abs(time[1] * 1000 + math.floor(time[2] / 1000) - at)
return {string.format('%.0f', age), held[2], held[3], held[4]}
