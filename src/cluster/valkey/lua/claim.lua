-- Makes a pod the host, if the epoch is still the one it saw and it can read the snapshot.
-- Answers claimed with epoch, version, format and snapshot; or missing, ended, lost with the epoch,
-- or unreadable with the format.
-- KEYS: room. ARGV: host, epoch seen, the formats it reads.
local held = redis.call('HMGET', KEYS[1], 'epoch', 'version', 'format', 'snapshot', 'ended')
if not held[1] and redis.call('EXISTS', KEYS[1]) == 0 then
  return {'missing'}
end
local epoch = tonumber(held[1] or '')
if not epoch or not held[2] or not held[3] or not held[4] then
  return redis.error_reply('DAMAGED the room lacks epoch, version, format or snapshot')
end
if held[5] == '1' then
  return {'ended'}
end
if epoch ~= tonumber(ARGV[2]) then
  return {'lost', held[1]}
end
local readable = false
for i = 3, #ARGV do
  readable = readable or ARGV[i] == held[3]
end
if not readable then
  return {'unreadable', held[3]}
end
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local raised = string.format('%.0f', epoch + 1)
redis.call('HSET', KEYS[1], 'host', ARGV[1], 'epoch', raised, 'touched', now)
return {'claimed', raised, held[2], held[3], held[4]}
