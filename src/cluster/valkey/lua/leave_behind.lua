-- Forgets a player's last room, if it is still this one, and keeps the entry.
-- KEYS: player. ARGV: room, life.
if redis.call('HGET', KEYS[1], 'last_room') == ARGV[1] then
  redis.call('HDEL', KEYS[1], 'last_room')
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
