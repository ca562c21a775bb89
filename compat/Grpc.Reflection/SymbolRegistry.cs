using Google.Protobuf.Reflection;

namespace Grpc.Reflection;

/// <summary>Proto files by name and by the names that they declare.</summary>
public class SymbolRegistry
{
    private readonly Dictionary<string, FileDescriptor> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileDescriptor> _symbols = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedDictionary<int, FileDescriptor>> _extensions = new(StringComparer.Ordinal);

    private SymbolRegistry()
    {
    }

    /// <summary>Indexes files and everything that they import.</summary>
    public static SymbolRegistry FromFiles(IEnumerable<FileDescriptor> fileDescriptors)
    {
        ArgumentNullException.ThrowIfNull(fileDescriptors);
        var registry = new SymbolRegistry();
        foreach (FileDescriptor file in fileDescriptors)
            registry.AddFile(file);
        return registry;
    }

    /// <summary>The file of a name, such as <c>google/protobuf/any.proto</c>; null when it is not known.</summary>
    public FileDescriptor? FileByName(string filename) => _files.GetValueOrDefault(filename);

    /// <summary>The file that declares a full name; null when it is not known.</summary>
    public FileDescriptor? FileContainingSymbol(string symbol) => _symbols.GetValueOrDefault(symbol);

    internal FileDescriptor? FileContainingExtension(string containingType, int number) =>
        _extensions.GetValueOrDefault(containingType)?.GetValueOrDefault(number);

    internal int[] ExtensionNumbers(string containingType) =>
        _extensions.TryGetValue(containingType, out SortedDictionary<int, FileDescriptor>? numbers) ? [.. numbers.Keys] : [];

    private void AddFile(FileDescriptor file)
    {
        if (!_files.TryAdd(file.Name, file))
            return;
        foreach (FileDescriptor import in file.Dependencies)
            AddFile(import);
        foreach (MessageDescriptor message in file.MessageTypes)
            AddMessage(message);
        foreach (EnumDescriptor enumeration in file.EnumTypes)
            AddEnum(enumeration);
        foreach (ServiceDescriptor service in file.Services)
        {
            AddSymbol(service);
            foreach (MethodDescriptor method in service.Methods)
                AddSymbol(method);
        }

        AddExtensions(file.Extensions);
    }

    private void AddMessage(MessageDescriptor message)
    {
        AddSymbol(message);
        foreach (FieldDescriptor field in message.Fields.InDeclarationOrder())
            AddSymbol(field);
        foreach (OneofDescriptor oneof in message.Oneofs)
            AddSymbol(oneof);
        foreach (MessageDescriptor nested in message.NestedTypes)
            AddMessage(nested);
        foreach (EnumDescriptor nested in message.EnumTypes)
            AddEnum(nested);
        AddExtensions(message.Extensions);
    }

    private void AddEnum(EnumDescriptor enumeration)
    {
        AddSymbol(enumeration);
        foreach (EnumValueDescriptor value in enumeration.Values)
            AddSymbol(value);
    }

    private void AddExtensions(ExtensionCollection extensions)
    {
        foreach (FieldDescriptor extension in extensions.UnorderedExtensions)
        {
            AddSymbol(extension);
            string extended = extension.ExtendeeType.FullName;
            if (!_extensions.TryGetValue(extended, out SortedDictionary<int, FileDescriptor>? numbers))
                _extensions[extended] = numbers = [];
            numbers[extension.FieldNumber] = extension.File;
        }
    }

    private void AddSymbol(IDescriptor symbol) => _symbols[symbol.FullName] = symbol.File;
}
