-- Keeps sign-outs, and forgets those that were kept for longer than sessions live. What is there
-- already keeps its place. KEYS: sign_outs. ARGV: life of a session in ms, how many are kept at most
-- (then the oldest go), then the sign-outs.
local time, life = redis.call('TIME'), tonumber(ARGV[1])
local now = time[1] * 1000000 + time[2]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - life * 1000))
for i = 3, #ARGV do
  -- One after the other, so that whoever reads in parts can go on after any of them.
  redis.call('ZADD', KEYS[1], 'NX', string.format('%.0f', now + i), ARGV[i])
end
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -tonumber(ARGV[2]) - 1)
redis.call('PEXPIRE', KEYS[1], life)
return 1
