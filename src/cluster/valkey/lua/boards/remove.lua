-- Takes a player off a board. KEYS: places, standings. ARGV: player.
local places, standings, player = KEYS[1], KEYS[2], ARGV[1]
local text = redis.call('HGET', standings, player)
if not text then return 0 end
local read, standing = pcall(cjson.decode, text)
if read and type(standing) == 'table' and standing.place then
  redis.call('ZREM', places, standing.place)
end
redis.call('HDEL', standings, player)
return 1
