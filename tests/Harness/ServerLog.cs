using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Harness;

/// <summary>What one server has said, line by line with its time, so that a failed test can show what its server went through meanwhile.</summary>
public sealed class ServerLog : ILoggerProvider
{
    private const int MostLines = 200;
    private const int MostClosed = 10;
    private static readonly ConcurrentDictionary<ServerLog, byte> Known = new();
    private static readonly ConcurrentQueue<ServerLog> Closed = new();
    private readonly Lock _lock = new();
    private readonly List<(DateTime At, string Line)> _lines = [];
    private readonly string _name;

    private ServerLog(string name) => _name = name;

    public static ServerLog Open(string name)
    {
        var log = new ServerLog(name);
        Known[log] = 0;
        return log;
    }

    public string Text
    {
        get { lock (_lock) return string.Join(Environment.NewLine, _lines.Select(l => l.Line)); }
    }

    public void Write(string line)
    {
        lock (_lock) _lines.Add((DateTime.UtcNow, line));
    }

    /// <summary>What the servers that run, and the last that ran, have said since then: one that ends with its test is closed before the test is known to have failed.</summary>
    public static string Since(DateTime from)
    {
        var said = new StringBuilder();
        foreach (var log in Known.Keys) said.Append(log.Recent(from));
        return said.ToString();
    }

    /// <summary>What this server has said since then.</summary>
    public string Recent(DateTime from)
    {
        List<(DateTime At, string Line)> lines;
        lock (_lock) lines = [.. _lines.Where(l => l.At >= from).TakeLast(MostLines)];
        if (lines.Count == 0) return "";
        var said = new StringBuilder();
        said.AppendLine(CultureInfo.InvariantCulture, $"— server {_name}");
        foreach (var (at, line) in lines) said.AppendLine(CultureInfo.InvariantCulture, $"{at:HH:mm:ss.fff} {line}");
        return said.ToString();
    }

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose()
    {
        Closed.Enqueue(this);
        while (Closed.Count > MostClosed && Closed.TryDequeue(out var oldest)) Known.TryRemove(oldest, out _);
    }

    private sealed class Category(ServerLog log, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) log.Write($"{logLevel} {name}: {formatter(state, exception)}{(exception is null ? "" : Environment.NewLine + exception)}");
        }
    }
}
