-- Takes entries of a partition for a recorder, and counts one more try for each.
-- Answers id, record and tries before, one after the other.
-- KEYS: outbox. ARGV: recorder, age in ms from which an entry counts as left, the ids.
local taken = {}
local function add(entry, tries)
  local record = ''
  for i = 1, #entry[2], 2 do
    if entry[2][i] == 'record' then
      record = entry[2][i + 1]
    end
  end
  taken[#taken + 1] = entry[1]
  taken[#taken + 1] = record
  taken[#taken + 1] = tries
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
