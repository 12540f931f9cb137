-- Moves an entry to where it is kept but not taken again. Answers 0 when there is no room for it:
-- it stays where it is then.
-- KEYS: outbox, aside. ARGV: id, why, the most that are kept aside.
local entry = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])[1]
if entry then
  if redis.call('XLEN', KEYS[2]) >= tonumber(ARGV[3]) then
    return 0
  end
  redis.call('XADD', KEYS[2], '*', 'entry', ARGV[1], 'why', ARGV[2], unpack(entry[2]))
  redis.call('XDEL', KEYS[1], ARGV[1])
end
redis.call('XACK', KEYS[1], 'recorder', ARGV[1])
return 1
