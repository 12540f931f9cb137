-- Leaves entries that a recorder holds to whoever looks next, and counts no try.
-- KEYS: outbox. ARGV: recorder, age in ms from which an entry counts as left, the ids.
for i = 3, #ARGV do
  local pending = redis.call('XPENDING', KEYS[1], 'recorder', ARGV[i], ARGV[i], 1)[1]
  if pending and pending[2] == ARGV[1] then
    redis.call('XCLAIM', KEYS[1], 'recorder', 'nobody', '0', ARGV[i], 'IDLE', ARGV[2], 'JUSTID')
  end
end
return 1
