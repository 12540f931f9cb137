-- Removes recorders that hold nothing and have not been heard of. Answers how many.
-- KEYS: outbox. ARGV: the recorder who asks, age in ms.
if redis.call('EXISTS', KEYS[1]) == 0 then
  return 0
end
local consumers = redis.pcall('XINFO', 'CONSUMERS', KEYS[1], 'recorder')
if consumers.err then
  return 0
end
local removed = 0
for _, consumer in ipairs(consumers) do
  local fields = {}
  for i = 1, #consumer, 2 do
    fields[consumer[i]] = consumer[i + 1]
  end
  local gone = fields['pending'] == 0 and fields['idle'] >= tonumber(ARGV[2])
  if gone and fields['name'] ~= ARGV[1] then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], 'recorder', fields['name'])
    removed = removed + 1
  end
end
return removed
