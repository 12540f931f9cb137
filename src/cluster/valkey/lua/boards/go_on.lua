-- Goes on with building the leaderboards. KEYS: whole, building. ARGV: build, its life in ms, 'finish'
-- when all is set. Answers 0 when it is not this one any more: what it has set may be gone.
if redis.call('GET', KEYS[2]) ~= ARGV[1] then
  return 0
end
if ARGV[3] == 'finish' then
  redis.call('SET', KEYS[1], '1')
  redis.call('DEL', KEYS[2])
else
  redis.call('PEXPIRE', KEYS[2], ARGV[2])
end
return 1
