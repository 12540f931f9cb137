-- Counts a new connection of a player. Never below the clock: a Valkey that has lost everything
-- still gives higher generations than before. Answers generation, last room and pod before.
-- Whoever asked has given up after a while, and the player may be elsewhere: too late, nothing is
-- done.
-- KEYS: player. ARGV: pod, life, when it was asked, how many ms later is too late.
local held = redis.call('HMGET', KEYS[1], 'generation', 'last_room', 'pod')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if math.abs(now - tonumber(ARGV[3])) > tonumber(ARGV[4]) then
  return redis.error_reply('LATE whoever asked has given up')
end
-- What no version of this program writes counts for nothing: it could not be counted on from.
local last = held[1] or ''
last = #last <= 15 and string.find(last, '^%d+$') and tonumber(last) or 0
local generation = string.format('%.0f', math.max(last + 1, now))
redis.call('HSET', KEYS[1], 'generation', generation, 'pod', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {generation, held[2] or '', held[3] or ''}
