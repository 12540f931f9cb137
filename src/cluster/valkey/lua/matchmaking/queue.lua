-- What the scripts of matchmaking share; each of them follows this text.
--
-- Keys, always in this order, as many as a script needs:
--   1 seated: player -> room    2 tickets: player -> ticket    3 matches: room -> founding record
--   4 queue: players by when they joined    5 lock
-- A player waits if the queue has the player, and the ticket names this game, was renewed in time
-- and can be read, and the player sits nowhere. Whatever is left of somebody who does not wait is
-- removed by whoever meets it.
local seated, tickets, matches, queue = KEYS[1], KEYS[2], KEYS[3], KEYS[4]

local clock = redis.call('TIME')
-- Milliseconds with a fraction: two who join in the same millisecond keep their order.
local moment = clock[1] * 1000 + clock[2] / 1000
local now = math.floor(moment)

local hex = '%x%x%x%x'
local uuid = '^' .. table.concat({ hex .. hex, hex, hex, hex, hex .. hex .. hex }, '%-') .. '$'

local function is_id(text)
  return type(text) == 'string' and string.find(text, uuid) ~= nil
end

-- The room a player sits in. Something else in its place is removed.
local function seat_of(player)
  local room = redis.call('HGET', seated, player)
  if room and not is_id(room) then
    redis.call('HDEL', seated, player)
    return false
  end
  return room
end

-- The player's ticket, if it can be read and was renewed within so many milliseconds. One from the
-- future is not taken either: it would never die. Only known fields are taken over, all of them
-- text, so that whatever else somebody wrote cannot make writing it back fail.
local function ticket_of(player, life)
  local text = is_id(player) and redis.call('HGET', tickets, player)
  if not text then return nil end
  local ok, read = pcall(cjson.decode, text)
  if not ok or type(read) ~= 'table' or type(read.renewed) ~= 'number' then return nil end
  -- Asked this way round, since a time that is no number is never too long ago.
  if not (math.abs(now - read.renewed) <= life) then return nil end
  local profile = read.player
  if type(profile) ~= 'table' or profile.id ~= player then return nil end
  for _, value in ipairs({ read.ticket or 0, read.game or 0, read.pod or 0, profile.name or 0 }) do
    if type(value) ~= 'string' then return nil end
  end
  local picture = type(profile.picture) == 'string' and profile.picture or cjson.null
  local known = { id = player, name = profile.name, picture = picture }
  -- Missing in tickets of older versions: those could be paired at once.
  local unheard = read.unheard == true or nil
  return { ticket = read.ticket, game = read.game, pod = read.pod, player = known, unheard = unheard }
end

local function keep_ticket(player, ticket)
  ticket.renewed = now
  redis.call('HSET', tickets, player, cjson.encode(ticket))
end

-- The ticket of somebody in the queue who waits for this game; else nothing, and the place in the
-- queue is given up.
local function waits(player, game, life)
  local ticket = ticket_of(player, life)
  if ticket and ticket.game ~= game then
    -- The player went on to another game; that ticket is none of ours.
    redis.call('ZREM', queue, player)
    return nil
  end
  if ticket and not seat_of(player) then return ticket end
  redis.call('ZREM', queue, player)
  redis.call('HDEL', tickets, player)
  return nil
end

-- Writes a founding record and seats its players. The record comes first: it is the one write that
-- a server without memory refuses, and then nothing has happened.
local function found(room, founding, players)
  redis.call('HSET', matches, room, '{"format":1,"at":' .. string.format('%.0f', now)
    .. ',"founding":' .. founding .. '}')
  for _, player in ipairs(players) do
    redis.call('HSET', seated, player, room)
    redis.call('HDEL', tickets, player)
    redis.call('ZREM', queue, player)
  end
end

-- How many wait for a game. The oldest places are looked at; in a longer queue somebody who is gone
-- may be counted until pairing gets there.
local function waiting(game, life)
  for _, player in ipairs(redis.call('ZRANGE', queue, 0, 63)) do
    waits(player, game, life)
  end
  return redis.call('ZCARD', queue)
end
