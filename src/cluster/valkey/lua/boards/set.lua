-- Keeps standings. KEYS: places, standings. ARGV: life in ms or 0 for ever, then player, place and
-- standing of each. What has fewer games than is kept already is older; whose name is shown is a
-- matter of its own.
local places, standings, life = KEYS[1], KEYS[2], tonumber(ARGV[1])

local function kept(player)
  local text = redis.call('HGET', standings, player)
  if not text then return nil end
  local read, standing = pcall(cjson.decode, text)
  return read and type(standing) == 'table' and standing.place and standing or nil
end

local function shown_later(a, b)
  return a.shownAt > b.shownAt and a or b
end

for i = 2, #ARGV, 3 do
  local player, place = ARGV[i], ARGV[i + 1]
  local standing = cjson.decode(ARGV[i + 2])
  standing.place = place
  local before = kept(player)
  if before then
    local face = shown_later(before, standing)
    local name, picture, shown_at = face.name, face.picture, face.shownAt
    if before.games >= standing.games then standing = before end
    standing.name, standing.picture, standing.shownAt = name, picture, shown_at
    if before.place ~= standing.place then redis.call('ZREM', places, before.place) end
  end
  redis.call('ZADD', places, -standing.points, standing.place)
  redis.call('HSET', standings, player, cjson.encode(standing))
end
if life > 0 then
  redis.call('PEXPIRE', places, life)
  redis.call('PEXPIRE', standings, life)
end
return 1
