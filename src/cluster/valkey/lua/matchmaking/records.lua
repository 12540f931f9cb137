-- Some of the founding records. ARGV: where to go on, about how many.
-- Answers where to go on then, the time in ms, and room and record of each in turn.
local scanned = redis.call('HSCAN', matches, ARGV[1], 'COUNT', ARGV[2])
return { scanned[1], now, scanned[2] }
