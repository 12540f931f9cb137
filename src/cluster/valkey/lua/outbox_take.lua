-- Takes entries of a partition for a recorder, and counts one more try for each.
-- Answers id, record, its format or '', tries before and age in ms, one after the other.
-- KEYS: outbox. ARGV: recorder, age in ms from which an entry counts as left, the ids.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local taken = {}
local function add(entry, tries)
  local fields = {}
  for i = 1, #entry[2], 2 do
    fields[entry[2][i]] = entry[2][i + 1]
  end
  local age = math.max(0, now - tonumber(string.match(entry[1], '^%d+')))
  taken[#taken + 1] = entry[1]
  taken[#taken + 1] = fields['record'] or ''
  taken[#taken + 1] = fields['format'] or ''
  taken[#taken + 1] = tries
  taken[#taken + 1] = string.format('%.0f', age)
end

local new = 0
for i = 3, #ARGV do
  local pending = redis.call('XPENDING', KEYS[1], 'recorder', ARGV[i], ARGV[i], 1)[1]
  if not pending then
    new = new + 1
  elseif pending[2] == ARGV[1] or pending[3] >= tonumber(ARGV[2]) then
    for _, entry in ipairs(redis.call('XCLAIM', KEYS[1], 'recorder', ARGV[1], '0', ARGV[i])) do
      add(entry, pending[4])
    end
  end
end
if new > 0 then
  local read = redis.call('XREADGROUP', 'GROUP', 'recorder', ARGV[1], 'COUNT', new,
    'STREAMS', KEYS[1], '>')
  for _, entry in ipairs(read and read[1][2] or {}) do
    add(entry, 0)
  end
end
return taken
