# stompserver's library on PORT; its own program does not run with today's Ruby.
require 'stomp_server'

EventMachine.run do
	server = StompServer::Protocols::Stomp
	{
		:@@auth_required => false,
		:@@queue_manager => StompServer::QueueManager.new(StompServer::MemoryQueue.new),
		:@@topic_manager => StompServer::TopicManager.new,
	}.each { |name, value| server.class_variable_set(name, value) }
	EventMachine.start_server('127.0.0.1', ARGV[0].to_i, server)
end
