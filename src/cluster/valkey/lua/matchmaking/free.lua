-- A room has ended: deletes its founding record and the seats that still name it. ARGV: room, then
-- each player.
local room = ARGV[1]
redis.call('HDEL', matches, room)
for i = 2, #ARGV do
  local player = ARGV[i]
  if redis.call('HGET', seated, player) == room then
    redis.call('HDEL', seated, player)
    -- Whoever sits has no ticket, so this one is left over. Of somebody who does not sit in this
    -- room any more it may be the next one.
    redis.call('HDEL', tickets, player)
  end
end
return 1
