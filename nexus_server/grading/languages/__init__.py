"""What grading says to kernels in their own languages."""
