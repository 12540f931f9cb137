-- Removes an entry that has been recorded.
-- KEYS: outbox. ARGV: id.
redis.call('XACK', KEYS[1], 'recorder', ARGV[1])
redis.call('XDEL', KEYS[1], ARGV[1])
return 1
