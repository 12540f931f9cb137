-- Leaves a room without a host, if this pod hosts it in this epoch and it has not ended.
-- KEYS: room. ARGV: host, epoch.
local held = redis.call('HMGET', KEYS[1], 'host', 'epoch', 'ended')
if held[1] == ARGV[1] and held[2] == ARGV[2] and held[3] ~= '1' then
  redis.call('HSET', KEYS[1], 'host', '')
end
return 1
