using System.Collections.ObjectModel;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Internal;

internal sealed class ResourceCollection : Collection<IResource>, IResourceCollection;
