-- Which of some rooms of one partition have not ended. The others leave the list: another version of
-- the program, or an operator, has ended or removed them without it.
-- What is no room is left to who looks at it. KEYS: open, then each room. ARGV: the id of each room.
local open = {}
for i, id in ipairs(ARGV) do
  local room = KEYS[i + 1]
  if redis.call('EXISTS', room) == 1 and redis.pcall('HGET', room, 'ended') ~= '1' then
    table.insert(open, id)
  else
    redis.call('SREM', KEYS[1], id)
  end
end
return open
