-- Whether a room has a founding record. ARGV: room.
local record = redis.call('HGET', matches, ARGV[1])
if not record then return 0 end
-- Not for its value: a WAIT covers only what came before a write of the same connection.
redis.call('HSET', matches, ARGV[1], record)
return 1
