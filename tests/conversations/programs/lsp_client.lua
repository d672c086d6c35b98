-- For nvim: opens SOURCE with the server that COMMAND names, asks about it, changes it into something long, asks again.
local id = vim.lsp.start_client({
	cmd = vim.split(os.getenv("COMMAND"), " "),
	root_dir = vim.loop.cwd(),
})

local function wait(what, condition)
	assert(vim.wait(20000, condition, 2), what)
end

local function say(text)
	io.stdout:write(text .. "\n")
end

local function ask(method, parameters)
	local answers, problem = vim.lsp.buf_request_sync(0, method, parameters, 20000)
	assert(answers, problem)
	local _, answer = next(answers)
	say(method .. " " .. vim.inspect(answer.result))
end

local function ask_all()
	local document = { uri = vim.uri_from_bufnr(0) }
	ask("textDocument/hover", { textDocument = document, position = { line = 0, character = 5 } })
	ask("textDocument/documentSymbol", { textDocument = document })
end

wait("initialised", function() return vim.lsp.get_client_by_id(id).initialized end)
vim.cmd("edit " .. os.getenv("SOURCE"))
vim.lsp.buf_attach_client(0, id)
ask_all()
vim.api.nvim_buf_set_lines(0, 1, 1, true, { "// " .. string.rep("long ", 400000), "int other;" })
ask_all()
vim.lsp.stop_client(id)
wait("stopped", function() return vim.lsp.client_is_stopped(id) end)
vim.cmd("qall!")
