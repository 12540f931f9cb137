-- Notes the room that a player sits in.
-- KEYS: player. ARGV: room, life.
redis.call('HSET', KEYS[1], 'last_room', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
