using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Ouro.Server.Data.Embedded;

/// <summary>The few calls of the operating system that .NET does not offer.</summary>
static class Posix
{
    public const int Hangup = 1, Interrupt = 2, Quit = 3, Kill = 9;

    const int Exists = 17, OtherDisk = 18;

    const uint StartWriting = 2;

    const int CurrentFolder = -100, DoNotFollow = 0x100, BasicStats = 0x7ff;

    /// <summary>Sends a signal; false when there is no such process. Signal 0 only asks.</summary>
    public static bool Signal(int pid, int signal) => kill(pid, signal) == 0;

    /// <summary>Gives a file or folder (never what a link points to) to an account.</summary>
    public static void Give(string path, uint user, uint group)
    {
        if (lchown(path, user, group) != 0)
            throw Failure($"change the owner of {path}", Marshal.GetLastPInvokeError());
    }

    /// <summary>Owner, group and mode bits (type included) of what stands at the path itself; null when nothing does. Linux only.</summary>
    public static (uint User, uint Group, int Mode)? Stat(string path)
    {
        // The layout of struct statx, unlike that of struct stat, is the same on every architecture.
        var buffer = new byte[256];
        return statx(CurrentFolder, path, DoNotFollow, BasicStats, buffer) == 0
            ? (BitConverter.ToUInt32(buffer, 20), BitConverter.ToUInt32(buffer, 24), BitConverter.ToUInt16(buffer, 28))
            : null;
    }

    /// <summary>The path with every link resolved, as the kernel shows it under /proc.</summary>
    public static string RealPath(string path)
    {
        var resolved = realpath(path, 0);
        if (resolved == 0)
            throw Failure($"resolve {path}", Marshal.GetLastPInvokeError());
        var answer = Marshal.PtrToStringUTF8(resolved)!;
        free(resolved);
        return answer;
    }

    /// <summary>Makes the names in a folder survive a power cut: the content of a file is not enough.</summary>
    public static void SyncFolder(string path)
    {
        var folder = open(path, 0);
        if (folder < 0)
            throw Failure($"open {path}", Marshal.GetLastPInvokeError());
        var failed = fsync(folder) != 0;
        var error = Marshal.GetLastPInvokeError();
        _ = close(folder);
        if (failed)
            throw Failure($"write {path} to the disk", error);
    }

    /// <summary>Lets the disk begin with a part of a file that was written, without waiting for it; a hint, which only Linux takes.</summary>
    public static void BeginWriting(SafeFileHandle file, long offset, long length)
    {
        if (OperatingSystem.IsLinux()) _ = sync_file_range(file, offset, length, StartWriting);
    }

    /// <summary>Gives a file a second name on the same disk; where that name is taken it is left as it is. False where it would be on another disk.</summary>
    public static bool Link(string path, string name)
    {
        if (link(path, name) == 0) return true;
        return Marshal.GetLastPInvokeError() switch
        {
            Exists => true,
            OtherDisk => false,
            var error => throw Failure($"link {path} to {name}", error),
        };
    }

    /// <summary>Writes a small file so that a reader, or a power cut, finds the old content or the new, never half of it.</summary>
    public static void WriteWhole(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        var draft = $"{path}.{Environment.ProcessId}.new";
        File.Delete(draft);
        using (var file = new FileStream(draft, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = mode,
        }))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        File.Move(draft, path, overwrite: true);
        SyncFolder(Path.GetDirectoryName(path)!);
    }

    /// <inheritdoc cref="WriteWhole(string, ReadOnlySpan{byte}, UnixFileMode)"/>
    public static void WriteWhole(string path, string content, UnixFileMode mode) => WriteWhole(path, Encoding.UTF8.GetBytes(content), mode);

    static IOException Failure(string what, int error) =>
        new($"Could not {what}: {Marshal.GetPInvokeErrorMessage(error)}.");

#pragma warning disable CA5392, SYSLIB1054, IDE1006 // The C library, under its own names.
    [DllImport("libc", SetLastError = true)]
    static extern int kill(int pid, int signal);

    [DllImport("libc", SetLastError = true)]
    static extern int lchown([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint user, uint group);

    [DllImport("libc", SetLastError = true)]
    static extern int statx(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] buffer);

    [DllImport("libc", SetLastError = true)]
    static extern nint realpath([MarshalAs(UnmanagedType.LPUTF8Str)] string path, nint buffer);

    [DllImport("libc")]
    static extern void free(nint memory);

    [DllImport("libc", SetLastError = true)]
    static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", SetLastError = true)]
    static extern int link([MarshalAs(UnmanagedType.LPUTF8Str)] string path, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);

    [DllImport("libc", SetLastError = true)]
    static extern int fsync(int file);

    [DllImport("libc")]
    static extern int sync_file_range(SafeFileHandle file, long offset, long length, uint flags);

    [DllImport("libc", SetLastError = true)]
    static extern int close(int file);
#pragma warning restore CA5392, SYSLIB1054, IDE1006
}
