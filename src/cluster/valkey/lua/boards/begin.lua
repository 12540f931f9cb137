-- Begins to build the leaderboards. KEYS: whole, building, then places and standings of each period.
-- ARGV: build, its life in ms, 'anew' to empty them first whoever builds. Answers 0 when somebody
-- else is at it.
if ARGV[3] == 'anew' then
  redis.call('UNLINK', unpack(KEYS))
elseif redis.call('EXISTS', KEYS[2]) == 1 then
  return 0
end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return 1
