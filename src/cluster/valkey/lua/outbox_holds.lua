-- Whether one of some records of a stream is of a room. KEYS: outbox or aside. ARGV: room, from where
-- on (as XRANGE takes it), the most. Answers whether, and the last one looked at if there may be more.
local entries = redis.call('XRANGE', KEYS[1], ARGV[2], '+', 'COUNT', ARGV[3])
for _, entry in ipairs(entries) do
  for _, value in ipairs(entry[2]) do
    if string.find(value, ARGV[1], 1, true) then return { 1, '' } end
  end
end
return { 0, #entries == tonumber(ARGV[3]) and entries[#entries][1] or '' }
