-- Renews the heartbeat of a pod.
-- KEYS: pod. ARGV: life, address, formats of snapshots, formats of bus messages.
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('HSET', KEYS[1], 'at', now, 'address', ARGV[2], 'snapshots', ARGV[3], 'bus', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
