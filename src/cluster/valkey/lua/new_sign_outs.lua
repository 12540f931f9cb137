-- Sign-outs from a place on. KEYS: sign_outs. ARGV: from, how many at most. Answers the time in
-- microseconds, how many there are, and then each with its place.
local time = redis.call('TIME')
local answer = {
  string.format('%.0f', time[1] * 1000000 + time[2]),
  tostring(redis.call('ZCARD', KEYS[1])),
}
local found = redis.call('ZRANGEBYSCORE', KEYS[1], ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[2])
for i = 1, #found, 2 do
  answer[#answer + 1] = found[i]
  answer[#answer + 1] = string.format('%.0f', tonumber(found[i + 1]))
end
return answer
