-- Keeps tickets alive, and lets them be paired; creates none. ARGV: ticket life in ms, then player and ticket id of each.
-- Answers the players whose tickets are gone.
local life = tonumber(ARGV[1])
local gone = {}
for i = 2, #ARGV, 2 do
  local player, id = ARGV[i], ARGV[i + 1]
  local ticket = ticket_of(player, life)
  if ticket and ticket.ticket == id and not seat_of(player) then
    ticket.unheard = nil
    keep_ticket(player, ticket)
  else
    table.insert(gone, player)
  end
end
return gone
