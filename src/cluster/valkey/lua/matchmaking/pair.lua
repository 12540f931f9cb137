-- Pairs those who have waited longest: founding record, both seats, both tickets in one step.
-- ARGV: game, ticket life in ms, the lock's token, then room and seed of every pair that may be
-- made: nothing here is random. Answers the founding records.
local game, life, token = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local pairs_at_most = (#ARGV - 3) / 2
-- Who does not wait is skipped and removed; a queue full of them takes more than one call.
local skips_at_most = 200

local function seat(profile)
  return '{"player":' .. cjson.encode(profile) .. ',"bot":null}'
end

local made, first = {}, nil
local oldest = redis.call('ZRANGE', queue, 0, 2 * pairs_at_most + skips_at_most - 1)
for _, player in ipairs(oldest) do
  if #made == pairs_at_most then break end
  local ticket = waits(player, game, life)
  if ticket and ticket.unheard then
    -- Its pod does not know of it yet, or never will: then it dies.
  elseif ticket and not first then
    first = ticket
  elseif ticket then
    local at = 4 + 2 * #made
    local room, seed = ARGV[at], ARGV[at + 1]
    -- Put together as text: the seed is larger than a number of Lua's.
    local founding = '{"room":"' .. room .. '","game":' .. cjson.encode(game)
      .. ',"seats":{"p1":' .. seat(first.player) .. ',"p2":' .. seat(ticket.player)
      .. '},"seed":' .. seed .. '}'
    found(room, founding, { first.player.id, player })
    table.insert(made, founding)
    first = nil
  end
end

-- The lock is given back only by who holds it.
if redis.call('GET', KEYS[5]) == token then redis.call('DEL', KEYS[5]) end
return made
