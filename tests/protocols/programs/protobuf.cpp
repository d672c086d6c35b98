// protobuf TEXT...: writes a google.protobuf.Value for each text, behind its length.

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/delimited_message_util.h>
#include <iostream>

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		google::protobuf::Value value;

		value.set_string_value(argv[i]);
		if (!google::protobuf::util::SerializeDelimitedToOstream(value, &std::cout))
			return 1;
	}
	return std::cout.flush() ? 0 : 1;
}
