-- Removes a founding record that is none, if it is still the same. ARGV: room, what was read.
if redis.call('HGET', matches, ARGV[1]) == ARGV[2] then
  redis.call('HDEL', matches, ARGV[1])
  return 1
end
return 0
