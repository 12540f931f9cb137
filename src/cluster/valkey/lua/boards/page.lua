-- The top of a board and the places around a player. KEYS: places, standings. ARGV: how many of the
-- top, how many above and below, player or nothing. Answers how many there are of each, the place
-- of the first of them, and their players and standings.
local places, standings = KEYS[1], KEYS[2]
local limit, neighbours, me = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]

-- A place ends with its player: 36 characters.
local function listed(first, last)
  local answer = {}
  for _, place in ipairs(redis.call('ZRANGE', places, first, last)) do
    local player = string.sub(place, -36)
    answer[#answer + 1] = player
    answer[#answer + 1] = redis.call('HGET', standings, player) or ''
  end
  return answer
end

local function rank_of(player)
  local text = player ~= '' and redis.call('HGET', standings, player)
  if not text then return nil end
  local read, standing = pcall(cjson.decode, text)
  return read and type(standing) == 'table' and standing.place
    and redis.call('ZRANK', places, standing.place)
end

local top, around, first = listed(0, limit - 1), {}, 0
local rank = rank_of(me)
if rank then
  first = math.max(0, rank - neighbours)
  around = listed(first, rank + neighbours)
end
local answer = { #top / 2, #around / 2, first }
for _, list in ipairs({ top, around }) do
  for _, value in ipairs(list) do answer[#answer + 1] = value end
end
return answer
