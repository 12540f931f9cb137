-- Some of the entries that were set aside. KEYS: aside. ARGV: from where on (as XRANGE takes it), the
-- most. Answers id, record, its format or '', why, and how long ago in ms, one after the other.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local answer = {}
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], ARGV[1], '+', 'COUNT', ARGV[2])) do
  local fields = {}
  for i = 1, #entry[2], 2 do
    fields[entry[2][i]] = entry[2][i + 1]
  end
  local age = math.max(0, now - tonumber(string.match(entry[1], '^%d+')))
  answer[#answer + 1] = entry[1]
  answer[#answer + 1] = fields['record'] or ''
  answer[#answer + 1] = fields['format'] or ''
  answer[#answer + 1] = fields['why'] or ''
  answer[#answer + 1] = string.format('%.0f', age)
end
return answer
