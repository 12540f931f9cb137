-- Creates a room, if it is not there, and lists it as open. Answers 1 when it was not.
-- KEYS: room, open. ARGV: host, epoch, version, p1, p2, format, snapshot, the room's id.
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('HSET', KEYS[1], 'host', ARGV[1], 'epoch', ARGV[2], 'version', ARGV[3],
  'p1', ARGV[4], 'p2', ARGV[5], 'format', ARGV[6], 'snapshot', ARGV[7], 'touched', now)
redis.call('SADD', KEYS[2], ARGV[8])
return 1
