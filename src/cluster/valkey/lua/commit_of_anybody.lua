-- Writes a snapshot whatever its epoch: a fault that is planted to be found, never used otherwise.
-- KEYS: room, outbox. ARGV: host, epoch, version, format, snapshot, record or '', life when ended.
if redis.call('EXISTS', KEYS[1]) == 0 then
  return 'missing'
end
local ended = redis.call('HGET', KEYS[1], 'ended') == '1'
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('HSET', KEYS[1], 'host', ARGV[1], 'epoch', ARGV[2], 'version', ARGV[3],
  'format', ARGV[4], 'snapshot', ARGV[5], 'touched', now)
if ARGV[6] ~= '' and not ended then
  redis.call('HSET', KEYS[1], 'ended', '1')
  redis.call('PEXPIRE', KEYS[1], ARGV[7])
  redis.call('XADD', KEYS[2], '*', 'record', ARGV[6])
end
return 'taken'
