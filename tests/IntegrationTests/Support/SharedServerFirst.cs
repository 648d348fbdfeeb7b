using IntegrationTests.Support;
using Xunit;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("IntegrationTests.Support." + nameof(SharedServerFirst), "IntegrationTests")]

namespace IntegrationTests.Support;

/// <summary>The collection that takes longest begins first: the others run beside it and not before it.</summary>
public sealed class SharedServerFirst : ITestCollectionOrderer
{
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) => testCollections.OrderByDescending(c => c.DisplayName == SharedServer.Name);
}
