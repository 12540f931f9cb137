-- Which of these rooms have no founding record. ARGV: each room.
local without = {}
for _, room in ipairs(ARGV) do
  if redis.call('HEXISTS', matches, room) == 0 then
    table.insert(without, room)
  end
end
return without
