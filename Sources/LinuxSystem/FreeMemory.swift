import CLinux

/// Memory that was used and is free again.
public enum FreeMemory {
  /// Has free memory at the end of the heap go back to the kernel as soon as it is more than this, whatever was freed
  /// before (M_TRIM_THRESHOLD of mallopt(3)).
  public static func returnsToKernel(beyond bytes: Int32) { clinux_return_free_memory_beyond(bytes) }
}
