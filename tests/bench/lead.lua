-- Sends the prospect's form, each time as somebody else.
local stamp, run
local count = 0

function init(arguments)
  stamp, run = arguments[1], arguments[2]
end

function request()
  count = count + 1
  local person = run .. "-" .. count
  local body = "name=Sina+Okoro&company=Kestrel+Freight&message=How+long+does+it+take%3F&website="
    .. "&email=sina-" .. person .. "%40kestrel-" .. person .. ".example&source=link&stamp=" .. stamp
  local headers = { ["Content-Type"] = "application/x-www-form-urlencoded", ["Origin"] = "null" }
  return wrk.format("POST", nil, headers, body)
end
