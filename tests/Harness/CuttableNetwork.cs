using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Harness;

/// <summary>The network between a browser and the server: bytes pass through until it is cut, and again once it is mended.</summary>
public sealed class CuttableNetwork : IAsyncDisposable
{
    private readonly Uri _server;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, byte> _open = new();
    private readonly CancellationTokenSource _end = new();
    private volatile bool _cut;
    private volatile bool _swallowNextPost;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public CuttableNetwork(Uri server)
    {
        _server = server;
        _listener.Start();
        // Not on the caller's context: a test's own is not there any more once its step is over.
        _ = Task.Run(AcceptAsync);
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>Forms that reached the server and whose answers were lost.</summary>
    public int Swallowed { get; private set; }

    /// <summary>Forms that were sent, drafts apart, each time they were.</summary>
    public int Forms { get; private set; }

    public void Cut()
    {
        _cut = true;
        foreach (var socket in _open.Keys) socket.Dispose();
    }

    public void Mend() => _cut = false;

    /// <summary>The next form gets to the server; its answer gets no further.</summary>
    public void SwallowNextAnswer() => _swallowNextPost = true;

    /// <summary>Whether this comes true in time.</summary>
    public async Task<bool> SeesAsync(Func<bool> wanted, TimeSpan patience)
    {
        using var end = new CancellationTokenSource(patience);
        while (true)
        {
            var changed = Volatile.Read(ref _changed).Task;
            if (wanted()) return true;
            try
            {
                await changed.WaitAsync(end.Token);
            }
            catch (OperationCanceledException)
            {
                return wanted();
            }
        }
    }

    private void Tell() => Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                _ = PassAsync(await _listener.AcceptSocketAsync(_end.Token));
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task PassAsync(Socket browser)
    {
        using (browser)
        using (var server = new Socket(SocketType.Stream, ProtocolType.Tcp))
        {
            if (_cut) return;
            _open[browser] = _open[server] = 0;
            try
            {
                await server.ConnectAsync(_server.Host, _server.Port, _end.Token);
                var posted = new StrongBox();
                await Task.WhenAny(CopyAsync(browser, server, bytes => Look(bytes, posted)), CopyAsync(server, browser, _ => Lost(posted)));
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // A connection that is cut ends like this on both sides; that is what this network is for.
            }
            _open.TryRemove(browser, out _);
            _open.TryRemove(server, out _);
        }
    }

    private void Look(byte[] bytes, StrongBox posted)
    {
        var line = Encoding.ASCII.GetString(bytes[..Math.Min(200, bytes.Length)]).Split('\r')[0];
        if (!line.StartsWith("POST ", StringComparison.Ordinal) || line.Contains("/draft ", StringComparison.Ordinal)) return;
        Forms++;
        posted.Value |= _swallowNextPost;
        Tell();
    }

    private void Lost(StrongBox posted)
    {
        if (!posted.Value) return;
        (_swallowNextPost, posted.Value) = (false, false);
        Swallowed++;
        Tell();
        throw new OperationCanceledException();
    }

    private async Task CopyAsync(Socket from, Socket to, Action<byte[]> seen)
    {
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var read = await from.ReceiveAsync(buffer, SocketFlags.None, _end.Token);
            if (read == 0) return;
            seen(buffer[..read]);
            for (var sent = 0; sent < read;) sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), SocketFlags.None, _end.Token);
        }
    }

    public ValueTask DisposeAsync()
    {
        _end.Cancel();
        _listener.Dispose();
        Cut();
        _end.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed class StrongBox
    {
        public volatile bool Value;
    }
}
