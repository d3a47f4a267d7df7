-- Sends the prospect's form, each time as somebody else.
local stamp, run
local codes = {}
local count = 0

function init(arguments)
  stamp, run = arguments[1], arguments[2]
  for place = 3, #arguments do codes[place - 2] = arguments[place] end
end

function request()
  count = count + 1
  local person = run .. "-" .. count
  local body = "name=Sina+Okoro&company=Kestrel+Freight&message=How+long+does+it+take%3F&website="
    .. "&email=sina-" .. person .. "%40kestrel-" .. person .. ".example&source=link&stamp=" .. stamp
  local headers = { ["Content-Type"] = "application/x-www-form-urlencoded", ["Origin"] = "null" }
  local path = "/r/" .. codes[count % #codes + 1] .. "/leads"
  return wrk.format("POST", path, headers, body)
end
