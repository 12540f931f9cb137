-- Seats the players of a founding record without the queue. ARGV: room, founding record, then each
-- player who is no bot. Answers the room that one of them sits in already, or nothing.
local players = {}
for i = 3, #ARGV do
  local room = seat_of(ARGV[i])
  -- Not for its value: a WAIT covers only what came before a write of the same connection.
  if room then redis.call('HSET', seated, ARGV[i], room) end
  if room then return room end
  table.insert(players, ARGV[i])
end
found(ARGV[1], ARGV[2], players)
return false
