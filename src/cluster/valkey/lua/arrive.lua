-- Counts a new connection of a player. Never below the clock: a Valkey that has lost everything
-- still gives higher generations than before. Answers generation, last room and pod before.
-- KEYS: player. ARGV: pod, life.
local held = redis.call('HMGET', KEYS[1], 'generation', 'last_room', 'pod')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local generation = string.format('%.0f', math.max((tonumber(held[1] or '') or 0) + 1, now))
redis.call('HSET', KEYS[1], 'generation', generation, 'pod', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {generation, held[2] or '', held[3] or ''}
