-- Keeps how many connections an address holds at a pod, and answers how many it holds at the others. What a
-- pod has not said again for a while counts no more. KEYS: door. ARGV: pod, connections, how long in ms it is
-- believed.
local time, pod, life = redis.call('TIME'), ARGV[1], tonumber(ARGV[3])
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if ARGV[2] == '0' then
  redis.call('HDEL', KEYS[1], pod)
else
  redis.call('HSET', KEYS[1], pod, ARGV[2] .. ':' .. string.format('%.0f', now + life))
end
local others, held = 0, redis.call('HGETALL', KEYS[1])
for i = 1, #held, 2 do
  local connections, until_ = string.match(held[i + 1], '^(%d+):(%d+)$')
  if not connections or tonumber(until_) < now then
    redis.call('HDEL', KEYS[1], held[i])
  elseif held[i] ~= pod then
    others = others + tonumber(connections)
  end
end
redis.call('PEXPIRE', KEYS[1], life)
return string.format('%.0f', others)
