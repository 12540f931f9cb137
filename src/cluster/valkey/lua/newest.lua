-- The newest generation of a player, whose entry is kept; nothing when there is none.
-- KEYS: player. ARGV: life.
local generation = redis.call('HGET', KEYS[1], 'generation')
if generation then
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
return generation
