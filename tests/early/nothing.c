/* The program under a library that plays in its constructor. */

int main(void)
{
	return 99;
}
