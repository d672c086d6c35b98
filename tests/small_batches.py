"""How tests are handed out to workers."""

from xdist.scheduler import LoadScheduling


class SmallBatches(LoadScheduling):
    """A few at a time. By itself it gives a worker a twelfth of all, and those that take seconds stand together: at the
    end one worker has the matrix, and the others wait."""

    most, least = 12, 4

    def _send_tests(self, node, num):
        super()._send_tests(node, min(num, self.most))

    def check_schedule(self, node, duration=0):
        if not self.pending or len(self.node2pending[node]) < self.least:
            super().check_schedule(node)
