-- Some of the rooms of a partition that have not ended, others every time.
-- KEYS: open. ARGV: how many at most.
return redis.call('SRANDMEMBER', KEYS[1], ARGV[1])
