-- Removes a ticket, if the player still holds this one. ARGV: player, ticket id, game, ticket life
-- in ms. Answers {'seated', room} or {'left', how many wait}.
local player, id, game, life = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])

local room = seat_of(player)
if room then return { 'seated', room } end

local ticket = ticket_of(player, life)
if ticket and ticket.ticket == id then
  redis.call('HDEL', tickets, player)
  redis.call('ZREM', queue, player)
end
return { 'left', waiting(game, life) }
