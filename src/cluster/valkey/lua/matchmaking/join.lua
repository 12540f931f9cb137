-- Puts a ticket into the queue; it can be paired once it has been renewed: this call may come late,
-- and bring a ticket that its pod has given up. ARGV: player, ticket, ticket life in ms.
-- Answers {'seated', room} or {'queued', how many wait}.
local player, ticket, life = ARGV[1], cjson.decode(ARGV[2]), tonumber(ARGV[3])

local room = seat_of(player)
if room then return { 'seated', room } end

local before = ticket_of(player, life)
local keeps_place = before and before.game == ticket.game and redis.call('ZSCORE', queue, player)
if not keeps_place then
  -- Behind everybody, even when the clock went back or stood still.
  local place = moment
  local last = redis.call('ZRANGE', queue, -1, -1, 'WITHSCORES')
  if last[2] and last[1] ~= player then place = math.max(place, last[2] + 0.001) end
  redis.call('ZADD', queue, string.format('%.3f', place), player)
end
local same = before and before.ticket == ticket.ticket
ticket.unheard = not (same and not before.unheard)
keep_ticket(player, ticket)
return { 'queued', waiting(ticket.game, life) }
